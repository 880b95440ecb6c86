"""Names of the Americas and Europe."""

from __future__ import annotations

from typing import Final

from caresmith.records.demographics import Race
from scripts.sample_practice.cultures import HISPANIC, Culture, Style, names

WEST: Final = (
    Culture(
        "anglo",
        170,
        names(
            "Emily, Margaret, Abigail, Katherine, Judith, Donna, Hannah, Grace, Caroline, Ruth,"
            "Elizabeth, Susan, Patricia, Linda, Megan, Charlotte, Violet, Rebecca, Alice, June"
        ),
        names(
            "James, William, Robert, Thomas, Charles, Henry, Andrew, Walter, Oliver, Samuel,"
            "Benjamin, Richard, Kenneth, Gary, Ethan, Jack, Theodore, Nathan, Douglas, Peter"
        ),
        names(
            "Smith, Carter, Bennett, Hughes, Whitaker, Parker, Collins, Reed, Ashworth, Fletcher,"
            "Thompson, Marsh, Holloway, Pierce, Sinclair, Crawford, Campbell, Davies, Brooks, Hale"
        ),
        Race.WHITE,
        "en",
        race_detail="2110-5",
    ),
    Culture(
        "african-american",
        120,
        names(
            "Aaliyah, Denise, Latoya, Imani, Jasmine, Keisha, Monique, Nia, Ebony, Loretta,"
            "Gloria, Tamika, Zora, Brianna, Shanice, Vernita, Kiara, Yolanda, Simone, Dorothy"
        ),
        names(
            "Darnell, Marcus, Terrence, DeShawn, Malik, Jamal, Andre, Tyrone, Isaiah, Reginald,"
            "Lamar, Xavier, Cedric, Elijah, Maurice, Curtis, D'Andre, Jerome, Willie, Clarence"
        ),
        names(
            "Washington, Jefferson, Booker, Banks, Gaines, Hampton, Dorsey, Mosley, Rivers,"
            "Braxton, Freeman, Pettway, Toliver, Sykes, Coleman, Ellison, Stokes, Bolden, Gentry"
        ),
        Race.BLACK,
        "en",
        race_detail="2058-6",
    ),
    Culture(
        "mexican",
        110,
        names(
            "María Guadalupe, Ana Sofía, Verónica, Lucía, Ximena, Rosa María, Alejandra, Itzel,"
            "Patricia, Fernanda, Leticia, Daniela, Yesenia, Concepción, Inés, Araceli, Renata"
        ),
        names(
            "José Luis, Juan Carlos, Miguel Ángel, Alejandro, Raúl, Jesús, Óscar, Emiliano,"
            "Francisco Javier, Héctor, Mateo, Ramón, Andrés, Ignacio, Joaquín, Martín, Tomás"
        ),
        names(
            "Hernández, García, García, López, González, Pérez, Rodríguez, Sánchez, Ramírez,"
            "Flores, Gutiérrez, Muñoz, Jiménez, Núñez, Peña, Ávila, Zúñiga, de la Cruz, Ibáñez"
        ),
        Race.OTHER,
        "es-US",
        0.5,
        Style.TWO_FAMILIES,
        ethnicity=HISPANIC,
        ethnicity_detail="2148-5",
    ),
    Culture(
        "puerto-rican",
        35,
        names("Carmen, Ivette, Marisol, Nilda, Yaritza, Zoraida, Luz Delia, Awilda, Nereida"),
        names("Ángel Luis, Efraín, Wilfredo, Orlando, Rubén, Héctor, Edwin, Noel, Iván, Luis Raúl"),
        names("Rivera, Santiago, Colón, Vélez, Cintrón, Nieves, Maldonado, Báez, Quiñones"),
        Race.OTHER,
        "es-PR",
        0.3,
        Style.TWO_FAMILIES,
        ethnicity=HISPANIC,
        ethnicity_detail="2180-8",
    ),
    Culture(
        "guatemalan",
        18,
        names("Ixchel, Dolores, Juana, Catarina, Candelaria, Micaela, Nicolasa, Petrona"),
        names("Diego, Gaspar, Pascual, Domingo, Baltazar, Mateo, Sebastián, Andrés"),
        names("Tzoc, Xiloj, Ajanel, Ixcoy, Tum, Chávez, Ordóñez, Velásquez, Batz, Us"),
        Race.AMERICAN_INDIAN,
        "quc",
        0.4,
        Style.TWO_FAMILIES,
        ethnicity=HISPANIC,
        ethnicity_detail="2157-6",
    ),
    Culture(
        "haitian",
        12,
        names("Marie-Ange, Roseline, Guerda, Fabiola, Mirlande, Widline, Nadège"),
        names("Jean-Claude, Wilner, Frantz, Réginald, Emmanuel, Stanley, Pierre-Louis"),
        names("Jean-Baptiste, Toussaint, Désir, Saint-Fleur, Pierre, Celestin, Joseph"),
        Race.BLACK,
        "ht",
        0.4,
        race_detail="2071-9",
    ),
    Culture(
        "native",
        22,
        names("Winona, Rose, Dakota, Marlene, Shania, Lorraine, Wenonah, Cheyenne, Autumn"),
        names("Leonard, Delbert, Wyatt, Raymond, Gary, Simon, Levi, Dustin, Harvey"),
        names(
            "Kishigo, Shananaquet, Kewaygoshkum, Petoskey, Keshick, Begay, Tsosie, Two Hawks,"
            "Benally, Red Elk, Wabanaquot, Pokagon"
        ),
        Race.AMERICAN_INDIAN,
        "en",
        race_detail="1004-1",
    ),
    Culture(
        "dutch",
        55,
        names("Johanna, Anneke, Gretchen, Marijke, Betty, Trudy, Hendrika, Tess, Sanne, Lynn"),
        names("Pieter, Gerrit, Jan, Dirk, Cornelius, Roger, Hendrik, Luke, Willem, Marinus"),
        names(
            "Hoekstra, VanderMeer, De Vries, Van Dyke, Zylstra, Dykstra, ter Haar, Huizenga,"
            "Van den Berg, Meijer, Postma, Bouwsma, Vander Laan, Kuiper, de Jong"
        ),
        Race.WHITE,
        "en",
        race_detail="2108-9",
    ),
    Culture(
        "german",
        40,
        names("Ursula, Käthe, Helga, Annelise, Gisela, Frieda, Liesel, Brigitte, Mia, Heidi"),
        names("Jürgen, Otto, Günther, Karl, Ernst, Kurt, Dieter, Felix, Matthias, Lukas"),
        names("Müller, Schröder, Köhler, Weiß, Bäcker, Krüger, Schäfer, Vogel, Zimmermann, Jäger"),
        Race.WHITE,
        "en",
        race_detail="2112-1",
    ),
    Culture(
        "irish",
        45,
        names("Siobhán, Maeve, Bridget, Nora, Aoife, Kathleen, Eileen, Róisín, Fiona, Colleen"),
        names("Seán, Liam, Declan, Patrick, Brendan, Eoin, Cormac, Kevin, Finnian, Michael"),
        names("O'Brien, Murphy, O'Sullivan, Kelly, McCarthy, Ó Murchú, Byrne, Doyle, Flanagan"),
        Race.WHITE,
        "en",
        race_detail="2113-9",
    ),
    Culture(
        "italian",
        30,
        names("Giulia, Francesca, Rosalia, Concetta, Chiara, Antonella, Lucrezia, Gianna"),
        names("Salvatore, Giovanni, Carmine, Nicolò, Matteo, Vincenzo, Dominic, Enzo"),
        names("D'Angelo, Esposito, Di Stefano, Russo, Lo Presti, Ferraro, Caputo, De Luca"),
        Race.WHITE,
        "it",
        0.1,
        race_detail="2114-7",
    ),
    Culture(
        "polish",
        60,
        names(
            "Agnieszka, Małgorzata, Katarzyna, Zofia, Łucja, Jadwiga, Bożena, Grażyna, Elżbieta,"
            "Weronika, Maja, Stanisława"
        ),
        names(
            "Łukasz, Stanisław, Krzysztof, Piotr, Paweł, Michał, Zbigniew, Wojciech, Grzegorz,"
            "Jakub, Mirosław, Jan"
        ),
        names(
            "Kowalski/Kowalska, Wójcik, Wiśniewski/Wiśniewska, Zieliński/Zielińska, Woźniak,"
            "Dąbrowski/Dąbrowska, Szymański/Szymańska, Gołębiowski/Gołębiowska, Mazur, Pawłowski"
            "/Pawłowska"
        ),
        Race.WHITE,
        "pl",
        0.35,
        race_detail="2115-4",
    ),
    Culture(
        "lithuanian",
        12,
        names("Rūta, Živilė, Daiva, Jūratė, Aušra, Eglė, Birutė"),
        names("Algirdas, Vytautas, Žygimantas, Darius, Jonas, Mindaugas, Ąžuolas"),
        names("Kazlauskas/Kazlauskienė, Petrauskas/Petrauskienė, Žukauskas/Žukauskienė"),
        Race.WHITE,
        "lt",
        0.3,
        race_detail="2108-9",
    ),
    Culture(
        "ukrainian",
        22,
        names("Oksana, Olena, Nataliya, Svitlana, Iryna, Lesya, Halyna, Kateryna, Zlata"),
        names("Andriy, Mykola, Oleksandr, Vasyl, Ihor, Taras, Bohdan"),
        names("Shevchenko, Bondarenko, Koval'chuk, Melnyk, Savchenko, Lysenko, Kravets"),
        Race.WHITE,
        "uk",
        0.6,
        Style.PATRONYMIC_MIDDLE,
        race_detail="2108-9",
        patronymics=names(
            "Andriyovych/Andriyivna, Mykolayovych/Mykolayivna, Oleksandrovych/Oleksandrivna,"
            "Vasyl'ovych/Vasylivna, Ihorovych/Ihorivna, Tarasovych/Tarasivna,"
            "Bohdanovych/Bohdanivna"
        ),
    ),
    Culture(
        "russian",
        14,
        names("Tatiana, Ludmila, Irina, Ekaterina, Galina, Svetlana, Sofia, Raisa"),
        names("Ivan, Sergei, Dmitri, Boris, Alexei, Mikhail, Lev"),
        names(
            "Petrov/Petrova, Sokolov/Sokolova, Morozov/Morozova, Volkov/Volkova, Lebedev/Lebedeva"
        ),
        Race.WHITE,
        "ru",
        0.5,
        Style.PATRONYMIC_MIDDLE,
        race_detail="2108-9",
        patronymics=names(
            "Ivanovich/Ivanovna, Sergeevich/Sergeevna, Dmitrievich/Dmitrievna,"
            "Borisovich/Borisovna,"
            "Alexeevich/Alexeevna, Mikhailovich/Mikhailovna, Lvovich/Lvovna"
        ),
    ),
    Culture(
        "icelandic",
        6,
        names("Guðrún, Sigríður, Þórdís, Ásta, Björk, Hrafnhildur"),
        names("Jón, Sigurður, Þór, Einar, Ólafur"),
        names("Jónsson/Jónsdóttir"),
        Race.WHITE,
        "is",
        0.1,
        Style.PATRONYMIC,
        race_detail="2108-9",
        patronymics=names(
            "Jónsson/Jónsdóttir, Sigurðsson/Sigurðardóttir, Þórsson/Þórsdóttir,"
            "Einarsson/Einarsdóttir, Ólafsson/Ólafsdóttir"
        ),
    ),
    Culture(
        "greek",
        18,
        names("Eleni, Stavroula, Despina, Anastasia, Vasiliki, Kalliopi, Zoe"),
        names("Konstantinos, Dimitrios, Georgios, Ioannis, Spyridon, Nikolaos, Stavros"),
        names("Papadopoulos/Papadopoulou, Pappas, Georgiou, Karagiannis/Karagianni, Makris/Makri"),
        Race.WHITE,
        "el",
        0.2,
        race_detail="2108-9",
    ),
    Culture(
        "jewish",
        28,
        names("Miriam, Rivka, Leah, Esther, Shoshana, Naomi, Talia, Devorah, Yael"),
        names("Avi, Moshe, Eitan, Noam, Ezra, Yosef, Ari, Mordechai, Saul"),
        names("Rosenberg, Katz, ben-David, Goldstein, Shapiro, Lowenthal, Abramowitz, Levin"),
        Race.WHITE,
        "en",
        race_detail="2108-9",
    ),
)
